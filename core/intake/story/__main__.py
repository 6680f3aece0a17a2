"""Write the demo book again: `python -m core.intake.story`."""

from core.intake import story

story.write(story.DEMO)
