## Терминал

terminal-hint = /help покажет команды, /quit — уйти; место сохранится
terminal-starting = Запускаю серверы…
terminal-quit = /quit — уйти, место сохранится
terminal-thinking = читаю
terminal-unreadable = Не могу разобрать эти буквы: терминал пишет не в той кодировке, которую называет. Выберите в нём, пожалуйста, { $encoding }; эта строка нигде не сохранена.
terminal-left-over =
    После конца { $lines ->
        [one] пришла ещё { $lines } строка, в ответы она не попала.
        [few] пришли ещё { $lines } строки, в ответы они не попали.
       *[many] пришло ещё { $lines } строк, в ответы они не попали.
    }
terminal-unsent = Последние слова могли не дойти. Отправьте их, пожалуйста, ещё раз, когда вернётесь.
terminal-evolution-legend = Столбики — что видно в каждом разговоре. ◆ — заметная перемена.
terminal-not-me = Если это не про вас, введите номер ниже: сказанное здесь перестанет за это говорить. Отменить это нельзя.
terminal-not-me-which = Скажите, что именно: /notme и слово из портрета. Все их покажет /why.
terminal-choose = введите номер
terminal-choose-or-write = введите номер того, что ближе, или скажите своими словами
terminal-concern = Если за этим стоит больше, чем кажется, нести это в одиночку не нужно: введите номер строки «{ $help }» ниже, и видно, кто ответит прямо сейчас.
terminal-other-country = Другая страна
terminal-name-taken = Под именем «{ $wanted }» разговор уже открыт в другом окне, поэтому здесь вы «{ $name }».
terminal-place-kept = Ваше место сохранено. Вернуться: { $command }
terminal-come-back = Поговорить ещё: { $command }
terminal-web-ui = Как это выглядит изнутри: { $url }
terminal-demo = Это разговор с вымышленным человеком: его ответы написаны заранее, всё остальное настоящее.
terminal-demo-took =
    Разговор занял { $seconds } с, в нём { $answers ->
        [one] { $answers } ответ
        [few] { $answers } ответа
       *[many] { $answers } ответов
    }.
terminal-not-today = /skip — не сегодня
terminal-reply-marks = /differently — сказать иначе, /notquite — не совсем так, /enough — на сегодня хватит
