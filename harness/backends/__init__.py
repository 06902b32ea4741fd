"""The backend API (`api`), the graph it builds (`graph`, `primitives`) and one engine a backend."""
