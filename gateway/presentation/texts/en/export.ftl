## All that is kept about a person, as a page to read

export-title = All that is kept about you
export-collected = Collected { $moment }. All times are Greenwich time.
export-nothing = Nothing is kept about you here.
export-about = Here are your answers, what was read in them, and the portrait that grew from it. The second file holds the same data with the service's own numbers.
export-about-no-answers = No answers of yours are kept, so nothing has been read in them. The second file holds the same data with the service's own numbers.
export-user-ref = The ID your data is kept under
export-consented = Agreed to data being kept
export-consent-version = Version of the text you agreed to
export-readers = Whose models read your answers
export-readers-none = nobody's, only the program on our server
export-language = Language
export-language-ru = Russian
export-language-en = English
export-trust = Trust points
export-number = { NUMBER($number, maximumFractionDigits: 1) }
export-history = How it came together
export-history-legend = The numbers are places on a scale of 0 to 100; in bold is what had moved, over several conversations, by more than chance.
export-layers = What else your portrait says
export-denied = { $value }: you said on { $day } that it isn't you
export-session = Conversation of { $day }
export-status-active = under way
export-status-paused = on a break
export-status-completed = seen through to the end
export-status-timed-out = closed by itself after a long silence
export-status-abandoned = closed by itself after a long break
export-status-declined = never begun
export-question-gone = This question is no longer on the list.
export-text-unreadable = These words were damaged in storage and can no longer be read. We are sorry.
export-words =
    { $words ->
        [one] { $words } word
       *[other] { $words } words
    }
export-addendum = added to an earlier answer
export-objected = You said that the reply to this missed: nothing read here counts in your portrait.
export-not-answered = Not answered.
export-not-read = Nobody has read this answer yet.
export-crisis = This answer seemed to speak of danger, so the conversation stopped there for words of support and people who can help.
export-read = What was read in it
export-weight = weight { $weight } of 100
export-mood-dark = a heavy mood
export-mood-even = an even mood
export-mood-bright = a bright mood
export-breakthrough = you seem to have put something into words for the first time here
export-read-offline = Read by the offline analyst, which looks for words on a list and misses a lot
export-read-by = Read by the model { $analyst }
export-talk = Talk with the coach, { $day }
export-speaker-person = You
export-speaker-coach = Coach
export-written-offline = by the program on our server, from lines of its own
export-written-by = by the model { $coach }
export-crisis-said = This seemed to speak of danger, so words of support came instead of a reply.
export-memories = What the coach remembers
export-memories-about = What you said that replies rest on. To have something forgotten, tell the coach so: “forget what I said about …”.
export-memory-closed = no longer so
export-wish = Kept as a wish of how to be spoken to.
export-wish-dropped = Was kept as a wish of how to be spoken to, and holds no more.
export-reply-marked = You said of it: “{ $mark }”.
export-looks = Who looked
export-looks-about = Times when somebody of this service opened what you wrote, and the reason they gave. Your words are locked otherwise.
export-records = The service's own notes
export-records-about = What the service notes for itself: which messages were sent, which programs read your answers. Shown as it lies in the database.
export-erase = The command /delete erases all of it.
