# All that a person reads, in English. Warm, plain, short; no exclamation marks where somebody may be struggling.

## Beginning

consent-request =
    Hello. I'm Selfology, a program for taking a closer look at yourself: about { $planned } { $planned ->
        [one] question
       *[other] questions
    }, one at a time, a response to each answer, and a portrait at the end.

    I'm not a person and not a therapist. I can't help in an acute crisis: if you are in danger, call { $emergency }.

    { $readers } I'm run by { $operator }, and their staff can read what is kept: your answers, what was read in them, your portrait. That may include your health or beliefs, and what you say of others. Take it with /export, erase it with /delete. The whole text: /privacy.

    For adults only. By your yes you agree to this.
consent-question = Shall we begin?
consent-readers = AI models from { $companies } read your answers, without your name.
consent-readers-none = A simple program with word lists reads your answers. It misses a lot; no AI model gets them.
consent-no-operator = an operator who has not given a name
consent-no-contact = no address has been given
consent-country = The data lies in: { $country }.
consent-version = Version of { $version }
welcome-back =
    Welcome back. There are about { $planned } new { $planned ->
        [one] question
       *[other] questions
    } ahead; you can skip and stop as before.

## Question

question-frame = Question { $number } of about { $planned }
feedback-chosen = Your answer: { $choice }
feedback-offline = offline response, no language model
domain-identity = who I am
domain-emotions = feelings
domain-relationships = relationships
domain-work = work
domain-money = money
domain-health = health
domain-creativity = creativity
domain-spirituality = meaning
domain-past = the past
domain-future = the future
domain-lifestyle = way of life
domain-thoughts = thoughts

## Tiredness, rest, silence

fatigue-offer-pause = This is a good moment for a break, if you like; the conversation will wait. If you feel like going on, the question is below.
fatigue-offer-end = You have shared a lot. That may well be enough for today. If you would like more, the question is below.
paused-person = All right, let's take a break. Everything stays as it is: when you want to come back, just write or send /resume.
paused-fatigue = Let's take a break here. There is no hurry: when you want to go on, write or send /resume.
paused-crisis = The questions can wait. You matter more right now. If you want to go on later, write or send /resume.
paused-operator = The people who run this service have paused the conversation. Everything stays as it is, and you can come back any time: write or send /resume.
nudge = I'm here, and there is no hurry. A few words are enough, or skip the question with /skip.
nudge-consent = I'm here, and there is no hurry. Here is once more what this is about; whether to begin is up to you.

## Short replies

notice-added-to-answer = Added to your earlier answer.
notice-empty-answer = Your message came through empty. A few words are enough, and if you'd rather not answer, there is /skip.
notice-skipped = All right, we'll leave that one.
notice-nothing-to-skip = There is nothing to skip right now.
notice-button-is-old = That belongs to an earlier step and no longer changes anything.
notice-choice-came-late = That question is behind us already, so this choice isn't among your answers. If it matters to you, just tell me in your own words.
notice-objection-heard = Thank you for saying so. What I read in that answer no longer counts in your portrait. If you like, tell me how it really is.
notice-consent-first = I need your consent first. What you just wrote hasn't been added to your answers.
notice-came-before-question = What you just wrote came before the question, so it hasn't been added to your answers.
notice-nothing-to-resume = The conversation is open already, just answer.
notice-question-withdrawn = That question has been taken off the list; here is another.
notice-resumed = Good to have you back.
notice-not-begun = The conversation hasn't begun yet: it begins with your yes.
notice-somebody-elses-words = These look like somebody else's words, so they stay out of your answers. What do they mean to you? Tell me in your own words.
notice-still-here = I've read that, and there is no hurry. One thing first:
notice-safe = I'm glad you are safe. Thank you for telling me.
notice-misread = Thank you for putting me right. I read words, not people, and I would rather ask once too often.

## Buttons

choice-agree = I'm 18 or older, let's begin
choice-decline = No, thank you
choice-privacy = What exactly is kept?
choice-go-on = Go on
choice-pause = Take a break
choice-stop = Enough for today
choice-resume = Go on

## Goodbye

goodbye-declined = All right, we won't begin. The database holds nothing about you. If you change your mind, come back any time.
goodbye-not-begun = This conversation never began, and that's fine. Nothing has been asked, so there is nothing to keep. Come whenever you like.
goodbye-stopped = All right, let's leave it here. Whatever you have answered is kept. It is not enough for a portrait yet; that will come together when you return.
goodbye-timed-out = It seems that now is not the time, and that's fine. Whatever you have answered is kept. Come back whenever you like.
goodbye-abandoned = This conversation has ended. Whatever you have answered is kept, and you can begin a new one any time.
