package sim

import (
	"slices"
)

// history checks that the truth is one: the versions of each record follow from each other, and a Push adds its token to
// those that are there.
func (c *checker) history() {
	for _, versions := range c.Truth.Records {
		for i, v := range versions[1:] {
			before := versions[i]
			if v.Restored {
				continue
			}
			if v.Exists && v.Generation != before.Generation+1 {
				c.breach(HistoryUntrue, nil, "%v follows %v", v, before)
			}
			log, had := tokensOf(v), tokensOf(before)
			if n := len(had); len(log) > n && (len(log) != n+1 || log[n] != v.Token || !slices.Equal(log[:n], had)) {
				c.breach(HistoryUntrue, nil, "%v follows %v", v, before)
			}
		}
	}
}

// tokensOf are the tokens in a version's list.
func tokensOf(v *Version) (tokens []Token) {
	log, _ := v.Bins().Get(binLog)
	elements, _ := log.List()
	for _, element := range elements {
		b, _ := element.Bytes()
		tokens = appendTokens(tokens, b)
	}
	return tokens
}
