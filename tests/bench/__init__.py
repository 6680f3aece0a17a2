"""Side-by-side measures of the portal: `make bench` runs them and writes docs/performance.md. No part of the tests."""
