"""What people see and do: plain functions of a database and what somebody said."""
