"""Issues: a customer's problem in one card that stays true."""
