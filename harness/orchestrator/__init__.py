"""The outside: Python 3.11 or later, any well-kept library; starts workers and never imports a framework."""
