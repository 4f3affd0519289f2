"""Results on paper: accessible HTML, tables and small charts, in Dutch and English; one look for all of them."""
