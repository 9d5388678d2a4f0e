"""What is measured or fitted on public data, once, and shipped as small readable files."""
