## What the coach remembers

memory-title = What I remember of you:
memory-none = I don't remember anything about you yet. When you tell me what stays true, such as who is close to you, what you want, or what not to bring up, I keep it in your words, and you find it here.
memory-kind-person = People:
memory-kind-fact = About you:
memory-kind-goal = What you want:
memory-kind-preference = What you like and don't:
memory-kind-boundary = Not to be brought up:
memory-line = { $number }. { $memory } ({ $day })
memory-line-quoted = { $number }. { $memory } ({ $day }: “{ $quote }”)
memory-page = Page { $page } of { $pages }
memory-wishes = How you asked me to speak:
memory-wish = “{ $quote }”
memory-wishes-drop = “Write as before” takes it all back.
memory-how = You can also just say it: “no, actually…”, “forget what I said about my sister”. What I forget can't be brought back.
memory-offline = What I keep is picked by a simple program, by lists of words: it misses much of what matters, and may take a sentence for more than it meant.
memory-forgotten = Forgotten, and no reply rests on it any more. The words themselves stay in our talk (/export shows it) until you erase everything: /delete.
memory-question = I remember: “{ $memory }”. What is true instead? Write it in one message of up to 300 characters, and it takes the place of this.
memory-later = A question is open, and what you write answers it. First answer or finish the questions: /stop.
choice-memory-forget = Forget { $number }
choice-memory-correct = Correct { $number }
choice-memory-back = Back
choice-memory-next = More
choice-memory-leave = Leave it as it is
notice-memory-mended = Thank you, now I remember it that way.
notice-memory-left = All right, it stays as it is.
