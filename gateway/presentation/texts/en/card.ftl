## Portrait as a picture, and the same in words

card-basis =
    { $answers ->
        [one] { $answers } answer
       *[other] { $answers } answers
    } read in all
card-legend = Dot: where you are. Band: how far off it may be.
card-offline = A draft, by word lists: the offline analyst read your answers.
card-trait = { $trait }: { $where } ({ $sure }, { $basis }).
card-trait-brief = { $trait }: { $where } ({ $sure }).
card-trait-unknown = { $trait }: not visible yet.
