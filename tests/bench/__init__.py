"""Side-by-side measures of the portal: `make bench` runs them and writes docs/performance.md. Never part of the tests."""
