SELECT id, ds FROM raw.events
