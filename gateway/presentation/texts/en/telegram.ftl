## Buttons under messages

choice-skip = Another question
choice-not-today = Not today
telegram-choose-or-write = Tap what comes closest, or tell me in your own words.
telegram-choice-unreadable = I can't read that button any more. Please tell me in your own words.
telegram-concern = Did I hear something heavy behind this? If so, you don't have to carry it alone: one tap, and you see who answers right away. If not, we simply go on.
telegram-not-me = If this isn't you, tap below: what you said here will no longer count for it. That can't be undone.
choice-mend = Edit
choice-not-quite = That reply missed
language-name = English

## About what is kept

notice-edit-came-late = Your message has been answered already, so the edit changes nothing. If it matters, please write it once more.
notice-no-coach-yet =
    No conversation was open when you wrote this, so it hasn't been added to your answers.

    To begin a conversation with questions: /start.
notice-collecting-export = I'm collecting all that is kept about you. It won't take long.
notice-export-failed = Your data could not be collected just now. Please try a little later: /export.
notice-erasing = I'm erasing all that is kept about you. It won't take long.
notice-erased =
    Done: nothing about you is left here. The messages themselves are in this chat, and only you can delete those.

    If you ever want to come back, there is /start.
export-ready = Here is all that is kept about you, in two files: one to read, and one with the same data for programs.
insights-empty = There is nothing to tell yet: it takes a few of your answers.
