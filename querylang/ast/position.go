package ast

import (
	"strings"
	"unicode/utf8"
)

// Pos is a position in the text of a statement: an offset in bytes.
type Pos int

// lineAndColumn returns the line and the column of a position, counted from 1. The column counts
// characters.
func lineAndColumn(text string, pos Pos) (line, column int) {
	before := text[:clampPos(text, pos)]
	line = strings.Count(before, "\n") + 1
	start := strings.LastIndexByte(before, '\n') + 1
	return line, utf8.RuneCountInString(before[start:]) + 1
}

func clampPos(text string, pos Pos) int { return max(0, min(int(pos), len(text))) }

// excerptWidth is the maximum number of characters of a line that an error shows.
const excerptWidth = 100

// excerpt returns the line of pos and, on a second line, a caret under the position. A long line is
// cut to the part around the position.
func excerpt(text string, pos Pos) string {
	at := clampPos(text, pos)
	start := strings.LastIndexByte(text[:at], '\n') + 1
	end := len(text)
	if n := strings.IndexByte(text[at:], '\n'); n >= 0 {
		end = at + n
	}
	line := []rune(strings.TrimRight(text[start:end], "\r"))
	caret := min(utf8.RuneCountInString(text[start:at]), len(line))
	if len(line) > excerptWidth {
		from := max(0, min(caret-excerptWidth/2, len(line)-excerptWidth))
		line, caret = line[from:from+excerptWidth], caret-from
	}
	for i, r := range line {
		if r < ' ' {
			line[i] = ' ' // a tab would move the line but not the caret
		}
	}
	return "  " + string(line) + "\n  " + strings.Repeat(" ", caret) + "^"
}
