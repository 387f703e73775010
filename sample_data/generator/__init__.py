r"""The seeded generator of the synthetic district in ``sample_data/``.

Run it from the repository root::

    python -m sample_data.generator            # writes sample_data/
    python -m sample_data.generator --check    # writes nothing, compares the bytes

One module a subject: `district` the nine streets, `background` where incidents
happen everywhere, `places` the planted places and their campaigns, `words` the
vocabulary, `incidents` the clean records, `dirt` what spoils them, `cases`,
`tracks`, `facilities`, `inventory`, `alleys`, `alley_checks`, `callbacks`, `campaigns` the
other tables, `truth` what was planted, `writing` the text of every file.

The bytes are the same on every machine because

1. chance comes only from ``random.Random(seed).random()``, whose sequence the Python
   documentation promises to keep, one seed a file;
2. whatever is drawn by weight is drawn by whole-number weights;
3. coordinates are whole microdegrees and times whole minutes or seconds before
   anything compares or writes them;
4. files are written with explicit formats and ``\n`` line ends, with no clock.
"""
