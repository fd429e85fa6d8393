"""What is kept: SQLAlchemy models, queries, one session a unit of work. No ORM row leaves this room."""
