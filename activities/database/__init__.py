"""PostgreSQL: sessions, questions and profiles. Every write is idempotent by a key of its input."""
