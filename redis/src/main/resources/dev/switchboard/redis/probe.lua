-- Tells whether the server takes writes again.
gone('probe')
return {}
