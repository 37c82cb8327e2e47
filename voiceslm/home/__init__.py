"""This home: what is in it, what it reports, and how it is told what to do. It speaks MQTT."""
