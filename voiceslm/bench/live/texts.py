"""What the assistant is made to say while something else sounds."""

from __future__ import annotations

_LONG = """
Once upon a time there was a fox who lived at the edge of a large forest. Every morning he walked
down to the river to look at the fish, and every evening he came home hungry. One day he met a
heron, who told him that patience is worth more than speed, and from then on the fox sat quietly and
waited.

Bread is made of flour, water, salt and yeast. First you mix everything to a dough and knead it for
about ten minutes. Then it rests in a warm place until it is twice as large. After that you form a
loaf, let it rise once more, and bake it in a hot oven until the crust is brown and sounds hollow.

A refrigerator moves heat from the inside to the outside. A liquid evaporates in thin pipes behind
the wall and takes up heat while it does so. A compressor then presses the vapour together, which
makes it hot, and in the pipes at the back it gives its heat to the room and becomes a liquid again.

The history of the bicycle began two hundred years ago with a wooden machine without pedals. Its
riders pushed themselves along the road with their feet. Later came pedals on the front wheel, then
very large wheels that were fast and dangerous, and at last the chain, which made the bicycle that
we know.

A butterfly begins its life as an egg on a leaf. Out of the egg comes a caterpillar, which eats
almost without a break and grows quickly. When it is large enough it hangs itself up and becomes a
chrysalis, and after a few weeks a butterfly crawls out, dries its wings in the sun and flies away.

Seasons come about because the axis of the earth is tilted. During one half of the year the north
leans towards the sun, its days are long and the light falls steeply, and so it is warm there.
During the other half the south has its summer, and in the north the nights are long and cold.
"""

LONG = tuple(" ".join(text.split()) for text in _LONG.split("\n\n"))
"""Fifteen seconds and more each."""

REPLIES = (
    "The capital of Australia is Canberra.",
    "It's a quarter past four in the afternoon.",
    "A spider has eight legs, and an insect has six.",
    "Hamlet was written by William Shakespeare around the year sixteen hundred.",
    "Green, as every painter knows.",
    "There are sixty minutes in an hour.",
    "Jupiter is the largest planet in the solar system. It is more than ten times as wide as the earth.",
    "I'm sorry, I cannot do that yet.",
    "The dog is known as man's best friend.",
    "You could try a warm soup, for example with carrots and ginger.",
    "Barcelona is in Spain, on the coast of the Mediterranean.",
    "February has twenty nine days in a leap year.",
    "The symbol for gold is A U, from the Latin word aurum.",
    "Bees make honey and wax, and they carry pollen from flower to flower.",
    "Leonardo da Vinci painted the Mona Lisa.",
    "Water boils at one hundred degrees at sea level, and a little earlier on a mountain.",
    "The Atlantic lies between Europe and America.",
    "In Spanish you say gracias.",
    "A piano has eighty eight keys.",
    "The giraffe is the tallest animal on earth.",
    "After August comes September.",
    "People in Brazil speak Portuguese.",
    "You can say stop at any time, and I will be quiet.",
    "The next train might be late. I'm not sure, so please look at the board.",
    "Seven times eight is fifty six.",
    "It's Tuesday, November 24th.",
    "Paris is the capital of France and has about two million inhabitants.",
    "Cheese is made from milk. The milk is warmed, and then it thickens.",
    "A good night's sleep takes seven to nine hours.",
    "Mars is called the red planet because of the rust in its soil.",
    "The cheetah runs faster than any other animal on land.",
    "Frozen water is called ice.",
    "Isaac Newton described gravity.",
    "Ripe bananas are yellow, and green ones need a few more days.",
    "Egypt lies in the north east of Africa.",
    "A baby cat is called a kitten.",
    "What would you like to know about it?",
    "Rome was founded, so the legend says, by two brothers.",
    "Spring comes after winter.",
    "Plants take in carbon dioxide and give off oxygen.",
    "The Nile is the longest river in Africa. It flows into the Mediterranean.",
    "The Eiffel Tower stands in Paris, in France.",
    "Twelve.",
    "Mount Everest is nearly nine thousand metres high.",
    "Wait until the water boils, then add the noodles and some salt.",
    "You're welcome.",
    "An umbrella might be a good idea, but I cannot see the weather.",
    "A guitar usually has six strings, and a violin has four.",
    "The sun is so far away that its light needs eight minutes to reach us.",
    "Sorry, something went wrong. Could you say that again?",
)
"""Fifty, as answers are: from one word to two sentences, some of them with a command among the words."""
