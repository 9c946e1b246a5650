## Что коуч помнит

memory-title = Что я о вас помню:
memory-none = Пока я ничего о вас не помню. Когда вы расскажете о том, что остаётся верным, — кто вам близок, чего хочется, о чём лучше не заговаривать, — я сохраню это вашими словами, и найти это можно будет здесь.
memory-kind-person = Люди:
memory-kind-fact = О вас:
memory-kind-goal = Чего вам хочется:
memory-kind-preference = Что вам по душе, а что нет:
memory-kind-boundary = О чём не заговаривать:
memory-line = { $number }. { $memory } ({ $day })
memory-line-quoted = { $number }. { $memory } ({ $day }: «{ $quote }»)
memory-page = Страница { $page } из { $pages }
memory-wishes = Как вы просили с вами говорить:
memory-wish = «{ $quote }»
memory-wishes-drop = «Пиши как раньше» отменит всё это.
memory-how = Можно и просто сказать: «нет, на самом деле…», «забудь про мою сестру». Забытое вернуть нельзя.
memory-offline = Что запомнить, выбирает простая программа по спискам слов: многое важное она пропускает, а иную фразу понимает слишком буквально.
memory-forgotten = Забыто, больше ни один ответ на это не опирается. Сами слова остаются в нашей переписке (её покажет /export), пока вы не сотрёте всё: /delete.
memory-question = Я помню: «{ $memory }». А как на самом деле? Напишите одним сообщением, до 300 знаков, и оно встанет на это место.
memory-later = Сейчас открыт вопрос, и то, что вы напишете, станет ответом на него. Сначала ответьте или закончите с вопросами: /stop.
choice-memory-forget = Забыть { $number }
choice-memory-correct = Поправить { $number }
choice-memory-back = Назад
choice-memory-next = Дальше
choice-memory-leave = Оставить как есть
notice-memory-mended = Спасибо, теперь помню так.
notice-memory-left = Хорошо, остаётся как есть.
