"""What may have distorted a figure: rules over stored records, one subject a module."""
