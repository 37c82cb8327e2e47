"""``python -m voiceslm``."""

from voiceslm.cli import main

main()
