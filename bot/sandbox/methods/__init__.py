"""The methods of the Web API, each a function; a new one needs no more than `@answers("its.name")`."""
