## Портрет на картинке и он же словами

card-basis =
    { $answers ->
        [one] прочитан { $answers } ответ
        [few] прочитано { $answers } ответа
       *[many] прочитано { $answers } ответов
    }
card-legend = Точка — где вы, полоса — возможная ошибка.
card-offline = Черновик по спискам слов: читал офлайн-аналитик.
card-trait = { $trait }: { $where } ({ $sure }, { $basis }).
card-trait-brief = { $trait }: { $where } ({ $sure }).
card-trait-unknown = { $trait }: пока не видно.
