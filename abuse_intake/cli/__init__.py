"""The application, reached as a command."""
