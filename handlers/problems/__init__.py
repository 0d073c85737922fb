"""Problems: what several customers report at once, seen early, linked, solved, and told to each of them."""
