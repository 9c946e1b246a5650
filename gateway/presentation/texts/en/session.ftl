# All that a person reads, in English. Warm, plain, short; no exclamation marks where somebody may be struggling.

## Beginning

consent-request =
    Hello. I'm Selfology, a program for taking a closer look at yourself: about { $planned } { $planned ->
        [one] question
       *[other] questions
    }, a response to each answer, a portrait at the end, and a coach to talk with.

    I'm not a person and not a therapist. I can't help in an acute crisis: if you are in danger, call { $emergency }.

    { $readers } I'm run by { $operator }, and their staff can read what is kept: what you write, what was read in it, your portrait. That may include your health or beliefs, and what you say of others. Take it with /export, erase it with /delete. The whole text: /privacy.

    For adults only. By your yes you agree to this.
consent-moved-in = You have been with the Selfology before this one: what you answered there has moved here with you. Nobody reads it until you say yes, and with a no it is erased here.
consent-question = Shall we begin?
consent-readers = AI models from { $companies } read what you write, without your name.
consent-readers-none = A simple program with word lists reads what you write. It misses a lot; no AI model gets it.
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
paused-person = All right, let's take a break. Everything stays as it is: /resume brings the questions back. Until then you can write to me about anything.
paused-fatigue = Let's take a break here. There is no hurry: when you want to go on, send /resume. Until then you can write to me about anything.
paused-crisis = The questions can wait. You matter more right now. If you want to go on later, send /resume. And you can write to me at any time.
paused-operator = The people who run this service have paused the conversation. Everything stays as it is, and you can come back any time: send /resume.
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
notice-coach-goes-on = Good to see you again. Write about whatever is on your mind. When you would like new questions, send /start.
notice-late-answer-kept = That was the answer to the question we stopped at, so I've kept it. To go on with the questions, send /start.
notice-nothing-to-resume = The conversation is open already, just answer.
notice-question-withdrawn = That question has been taken off the list; here is another.
notice-resumed = Good to have you back.
notice-not-begun = We haven't begun yet: that takes your yes, so nothing of this is kept. /start says what it is about and asks for it.
heard-words = This is what I heard:
notice-voice-not-agreed = To hear a voice message I have to pass the recording to OpenAI, which turns it into text, and you haven't agreed to that yet. I'll ask when you next begin with /start (while questions are open, finish them first: /stop); /privacy has the details. Until then, please write.
notice-voice-rests = I can't hear any more voice messages today. Please write instead; tomorrow you can speak again.
notice-voice-not-heard = I couldn't hear this voice message just now. Please send it again in a little while, or write.
notice-voice-without-words = I can't make out any words in this recording. Please try once more, or write.
notice-voice-mending = All right. Write or say how it should be: your next message takes the place of what I heard.
notice-voice-taken = That has been taken already. If I misheard something, just write how it really is.
notice-somebody-elses-words = These look like somebody else's words, so I don't take them for yours. What do they mean to you? Tell me in your own words.
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
choice-reply-differently = Say it differently
choice-reply-missed = Not quite
choice-reply-enough = Enough for today
wish-kept = Noted: from now on, until you say otherwise (“write as before”).
wish-noted = Noted. The simple program that replies here has ready lines and can't do that; a language model will keep to it.
wish-dropped = All right, as before.
choice-resume = Go on

## The coach

coach-invitation = If you like, we can go on talking: about any of this, or about whatever is on your mind. Just write.
coach-offline = from a simple program, no language model
notice-topic-begun = All right, something new. What has been said stays, and we can come back to it. What would you like to talk about?
notice-enough-for-today = We have talked a lot today, so this is where I stop for now. What you wrote is kept. Let it settle; tomorrow I'm here again.
notice-reply-stopped = All right, I'll stop here. Write whenever you like.
topic-later = The questions come first. Answer the one above, or end them with /stop; then we can talk about anything.
no-session = There are no questions open right now. To talk, just write; for a conversation with questions there is /start.

## Goodbye

goodbye-declined = All right, we won't begin. The database holds nothing about you. If you change your mind, come back any time.
goodbye-not-begun = This conversation never began, and that's fine. Nothing has been asked, so there is nothing to keep. Come whenever you like.
goodbye-stopped = All right, no more questions. Whatever you have answered is kept. It is not enough for a portrait yet; that will come together when you return. If something is on your mind, just write.
goodbye-timed-out = It seems that now is not the time for questions, and that's fine. Whatever you have answered is kept. Come back whenever you like, for more of them or just to talk.
goodbye-abandoned = This conversation has ended. Whatever you have answered is kept, and you can begin a new one any time: /start.
