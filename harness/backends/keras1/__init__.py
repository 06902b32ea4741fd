"""What lets Keras 1.2.2 itself run on K."""
