## Under eighteen

minor-goodbye =
    Thank you for telling me your age. I'm made for adults, so I have to end our conversation here. It isn't because of anything you wrote, and you have done nothing wrong.

    Your answers and what was read in them are erased now.

    What you carry matters, and talking about it is a good idea: with an adult you trust, or with the people below. They are there for children and teenagers, and you need no particular reason.
minor-contacts = You can call even if nothing terrible has happened:
