## Всё, что хранится о человеке, страницей для чтения

export-title = Всё, что о вас хранится
export-collected = Собрано { $moment }. Время везде по Гринвичу.
export-nothing = О вас здесь ничего не хранится.
export-about = Здесь ваши ответы, что в них прочитано и портрет, который из этого сложился. Те же данные вместе со служебными номерами лежат во втором файле.
export-about-no-answers = Ваших ответов здесь нет, и разбирать пока нечего. Те же данные вместе со служебными номерами лежат во втором файле.
export-user-ref = Код, под которым хранятся ваши данные
export-consented = Согласие на хранение
export-consent-version = Версия текста, с которым вы согласились
export-readers = Чьи модели читают ответы
export-readers-none = ничьи, только программа на нашем сервере
export-language = Язык
export-language-ru = русский
export-language-en = английский
export-trust = Очки доверия
export-number = { NUMBER($number, maximumFractionDigits: 1) }
export-history = Как это складывалось
export-history-legend = Числа — место на шкале от 0 до 100; жирным выделено то, что за несколько разговоров сдвинулось больше, чем бывает случайно.
export-layers = Что ещё говорит портрет
export-denied = { $value }: вы сказали { $day }, что это не про вас
export-session = Разговор { $day }
export-status-active = идёт
export-status-paused = отдых
export-status-completed = доведён до конца
export-status-timed-out = закрылся сам, потому что ответа долго не было
export-status-abandoned = закрылся сам после долгого отдыха
export-status-declined = не начался
export-question-gone = Этого вопроса в списке больше нет.
export-text-unreadable = Эти слова повредились при хранении, и прочитать их больше нельзя. Нам очень жаль.
export-words =
    { $words ->
        [one] { $words } слово
        [few] { $words } слова
       *[many] { $words } слов
    }
export-addendum = добавлено к прежнему ответу
export-objected = Вы сказали, что отклик на этот ответ не о том: прочитанное здесь в портрете не учитывается.
export-not-answered = Без ответа.
export-not-read = Ответ ещё никто не разбирал.
export-crisis = В этом ответе послышалась опасность, поэтому разговор тогда остановился на словах поддержки и контактах помощи.
export-read = Что в ответе прочитано
export-weight = вес { $weight } из 100
export-mood-dark = настроение тяжёлое
export-mood-even = настроение ровное
export-mood-bright = настроение светлое
export-breakthrough = здесь вы, кажется, впервые назвали что-то словами
export-read-offline = Читал офлайн-аналитик: он ищет слова по списку и многого не понимает
export-read-by = Читала модель { $analyst }
export-talk = Разговор с коучем, { $day }
export-speaker-person = Вы
export-speaker-coach = Коуч
export-written-offline = программа на нашем сервере, готовыми фразами
export-written-by = модель { $coach }
export-crisis-said = Эти слова показались тревожными, поэтому вместо ответа пришли слова поддержки.
export-memories = Что помнит коуч
export-memories-about = Сказанное вами, на что опираются ответы. Чтобы что-то забылось, скажите коучу: «забудь про …».
export-memory-closed = больше не так
export-insight-denied = по вашим словам, это не так
export-wish = Сохранено как пожелание, как с вами говорить.
export-wish-dropped = Было пожеланием, как с вами говорить, и больше не действует.
export-reply-marked = Ваши слова об этом: «{ $mark }».
export-agreements = Шаги, о которых шла речь
export-step-proposed = Предложено, договорённости нет
export-step-agreed = Договорились
export-step-declined = Вы сказали «нет»
export-step-cancelled = Вы это отменили
export-step-worked = Получилось
export-step-failed = Не получилось
export-step-not-tried = Руки не дошли
export-step-changed = Всё изменилось
export-contact = Когда коуч может напоминать о шагах: с { $wakes } до { $sleeps } часов, часовой пояс { $zone }.
export-contact-quiet = Сейчас напоминания выключены.
export-looks = Кто заглядывал
export-looks-about = Когда кто-то из этого сервиса открывал написанное вами и по какой причине. Всё остальное время ваши слова закрыты.
export-records = Служебные записи
export-records-about = Пометки, которые сервис ведёт для себя: какие сообщения ушли, какие программы читали ответы. Показаны так, как лежат в базе данных.
export-erase = Стереть всё это можно командой /delete.
