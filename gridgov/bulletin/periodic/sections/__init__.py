"""The sections of a bulletin, one file each: from records to sentences, tables and figures."""
