package console

import (
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"maps"
	"slices"
	"strings"
	"time"
)

// A plan is a plan as the page shows it.
type plan struct {
	Picture template.HTML
	Root    *planStep
}

// A planStep is a step of EXPLAIN FORMAT JSON.
type planStep struct {
	Operator string         `json:"operator"`
	Text     string         `json:"text"`
	Client   bool           `json:"client"`
	Details  map[string]any `json:"details"`
	Counters *struct {
		Rows        int64 `json:"rows"`
		Records     int64 `json:"records"`
		Bytes       int64 `json:"bytes"`
		Commands    int64 `json:"commands"`
		Nanoseconds int64 `json:"nanoseconds"`
	} `json:"counters"`
	Inputs []*planStep `json:"inputs"`

	x, y   float64 // the place of the box, its left and top
	number int     // in the order of the texts
}

// parsePlan reads the JSON of a plan and draws it.
func parsePlan(document []byte) (*plan, error) {
	root := new(planStep)
	if err := json.Unmarshal(document, root); err != nil {
		return nil, fmt.Errorf("the plan can't be read: %w", err)
	}
	return &plan{Picture: root.draw(), Root: root}, nil
}

// Number returns the number of the step in the picture.
func (s *planStep) Number() int { return s.number }

// Where returns who does the step.
func (s *planStep) Where() string {
	if s.Client {
		return "client"
	}
	return "servers"
}

// Measured returns what EXPLAIN ANALYZE counted, "" if it did not run.
func (s *planStep) Measured() string {
	c := s.Counters
	if c == nil {
		return ""
	}
	text := plural(int(c.Rows), "row")
	if c.Commands > 0 {
		text += fmt.Sprintf(", %s, %s", plural(int(c.Records), "record"), plural(int(c.Commands), "command"))
	}
	return text + ", " + formatDuration(time.Duration(c.Nanoseconds))
}

// Lines returns the details as texts, in the order of their names.
func (s *planStep) Lines() (lines []string) {
	for _, name := range slices.Sorted(maps.Keys(s.Details)) {
		values, several := s.Details[name].([]any)
		if !several {
			values = []any{s.Details[name]}
		}
		for _, v := range values {
			text, isText := v.(string)
			if !isText {
				encoded, err := json.Marshal(v)
				if err != nil {
					continue
				}
				text = string(encoded)
			}
			lines = append(lines, name+": "+text)
		}
	}
	return lines
}

// The sizes of the picture.
const (
	boxWidth, boxHeight = 250, 74
	gapX, gapY          = 24, 46
	boxLetters          = 31 // letters in a line of a box
)

// place computes the places of the boxes of a step and its inputs, the first of which begin at
// left. It returns the width.
func (s *planStep) place(left, top float64, number *int) float64 {
	*number++
	s.number, s.y = *number, top
	width := 0.0
	for i, input := range s.Inputs {
		if i > 0 {
			width += gapX
		}
		width += input.place(left+width, top+boxHeight+gapY, number)
	}
	width = max(width, boxWidth)
	s.x = left + (width-boxWidth)/2
	return width
}

// depth returns the number of levels.
func (s *planStep) depth() int {
	deepest := 0
	for _, input := range s.Inputs {
		deepest = max(deepest, input.depth())
	}
	return deepest + 1
}

// draw draws the plan as a tree: data flows upwards from the sets that are read to the result.
func (s *planStep) draw() template.HTML {
	number := 0
	width := s.place(2, 2, &number) + 4
	height := float64(s.depth())*(boxHeight+gapY) - gapY + 4
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="plan" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img" aria-label="Plan with %s">`,
		width, height, width, height, plural(number, "step"))
	s.drawEdges(&b)
	s.drawBoxes(&b)
	b.WriteString("</svg>")
	return template.HTML(b.String()) // #nosec: numbers and escaped texts only
}

// drawEdges draws the lines from the inputs to the steps.
func (s *planStep) drawEdges(b *strings.Builder) {
	for _, input := range s.Inputs {
		x1, y1 := input.x+boxWidth/2, input.y
		x2, y2 := s.x+boxWidth/2, s.y+boxHeight
		middle := (y1 + y2) / 2
		fmt.Fprintf(b, `<path class="edge" d="M%.1f %.1f C%.1f %.1f %.1f %.1f %.1f %.1f"/>`, x1, y1, x1, middle, x2, middle, x2, y2+7)
		fmt.Fprintf(b, `<path class="tip" d="M%.1f %.1f l-5 8 h10 z"/>`, x2, y2)
		if input.Counters != nil {
			// The text stands on the side from which the line turns away.
			class, x := "flow", x1+8
			if x1 < x2 {
				class, x = "flow end", x1-8
			}
			fmt.Fprintf(b, `<text class="%s" x="%.1f" y="%.1f">%s</text>`, class, x, middle+4, plural(int(input.Counters.Rows), "row"))
		}
		input.drawEdges(b)
	}
}

// drawBoxes draws the boxes.
func (s *planStep) drawBoxes(b *strings.Builder) {
	class := "servers"
	if s.Client {
		class = "client"
	}
	fmt.Fprintf(b, `<g class="box %s"><title>%s</title><rect x="%.1f" y="%.1f" width="%d" height="%d" rx="6"/>`,
		class, html.EscapeString(strings.Join(append([]string{s.Text}, s.Lines()...), "\n")), s.x, s.y, boxWidth, boxHeight)
	fmt.Fprintf(b, `<text class="who" x="%.1f" y="%.1f">%d · %s</text>`, s.x+12, s.y+19, s.number, s.Where())
	if s.Counters != nil {
		fmt.Fprintf(b, `<text class="who end" x="%.1f" y="%.1f">%s</text>`, s.x+boxWidth-12, s.y+19,
			html.EscapeString(formatDuration(time.Duration(s.Counters.Nanoseconds))))
	}
	for i, line := range fold(s.Text, boxLetters, 2) {
		fmt.Fprintf(b, `<text class="what" x="%.1f" y="%.1f">%s</text>`, s.x+12, s.y+40+float64(i)*18, html.EscapeString(line))
	}
	b.WriteString("</g>")
	for _, input := range s.Inputs {
		input.drawBoxes(b)
	}
}

// fold breaks a text into at most n lines of some letters. What does not fit is cut.
func fold(text string, letters, n int) (lines []string) {
	words := strings.Fields(text)
	line := ""
	for len(words) > 0 && len(lines) < n {
		next := strings.TrimSpace(line + " " + words[0])
		if len([]rune(next)) > letters && line != "" {
			lines, line = append(lines, line), ""
			continue
		}
		line, words = next, words[1:]
	}
	if len(lines) < n && line != "" {
		lines, line = append(lines, line), ""
	}
	for i := range lines {
		if r := []rune(lines[i]); len(r) > letters {
			lines[i] = string(r[:letters-1]) + "…"
		} else if i == n-1 && (len(words) > 0 || line != "") {
			lines[i] = string(r[:min(len(r), letters-1)]) + "…"
		}
	}
	return lines
}
