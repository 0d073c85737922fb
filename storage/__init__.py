"""What is remembered: plain query functions over a small database protocol."""
