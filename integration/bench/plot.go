package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A plot shows a figure of all clients over the number of callers or something else.
type plot struct {
	name, title string
	axis        string // what the labels are
	labels      []string
	lines       map[string][]float64 // by client; as long as labels
}

func (p *plot) file() string { return "benchmark-" + p.name + ".svg" }

// plots returns a plot of the rate, and one of the client's CPU, for each work with several numbers
// of callers, and those of the scales.
func (r *report) plots() (all []plot) {
	for _, w := range works {
		rate := plot{name: w.name, title: w.title + ": records a second", axis: "callers", lines: make(map[string][]float64)}
		cpu := plot{name: w.name + "-cpu", title: w.title + ": µs of client CPU a record", axis: "callers", lines: make(map[string][]float64)}
		for _, row := range r.rows {
			if row.work.name != w.name {
				continue
			}
			label := strconv.Itoa(row.callers)
			rate.labels, cpu.labels = append(rate.labels, label), append(cpu.labels, label)
			for name, res := range row.results {
				rate.lines[name] = append(rate.lines[name], res.rate)
				cpu.lines[name] = append(cpu.lines[name], res.client)
			}
		}
		if len(rate.labels) > 2 {
			all = append(all, rate, cpu)
		}
	}
	for i := range r.growth {
		all = append(all, r.growth[i].plots()...)
	}
	return all
}

func (r *report) writePlots(dir string) error {
	for _, p := range r.plots() {
		if err := os.WriteFile(filepath.Join(dir, p.file()), []byte(p.svg()), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// The size of a plot and its margins, in pixels.
const (
	plotWidth, plotHeight = 640, 320
	marginLeft            = 80
	marginRight           = 120
	marginTop             = 40
	marginBottom          = 40
)

// colors are those of the clients, in the order of subjectNames.
var colors = []string{"#888888", "#0b6e4f", "#1f77b4", "#d08c00", "#b3392b"}

// svg draws the plot. The labels are spread evenly, because their numbers grow by factors.
func (p *plot) svg() string {
	top := 0.0
	for _, line := range p.lines {
		for _, v := range line {
			top = max(top, v)
		}
	}
	top = roundUp(top)
	x := func(i int) float64 {
		return marginLeft + float64(i)*(plotWidth-marginLeft-marginRight)/float64(max(len(p.labels)-1, 1))
	}
	y := func(v float64) float64 {
		return plotHeight - marginBottom - v/top*(plotHeight-marginTop-marginBottom)
	}
	var s strings.Builder
	fmt.Fprintf(&s, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">\n", plotWidth, plotHeight)
	fmt.Fprintf(&s, "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n", plotWidth, plotHeight)
	fmt.Fprintf(&s, "<text x=\"%d\" y=\"20\" font-size=\"14\">%s</text>\n", marginLeft, p.title)
	const steps = 4
	for i := range steps + 1 {
		v := top * float64(i) / steps
		fmt.Fprintf(&s, "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#dddddd\"/>\n", marginLeft, plotWidth-marginRight, y(v), y(v))
		fmt.Fprintf(&s, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n", marginLeft-8, y(v)+4, axisLabel(v))
	}
	for i, label := range p.labels {
		fmt.Fprintf(&s, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n", x(i), plotHeight-marginBottom+18, label)
	}
	fmt.Fprintf(&s, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>\n", (plotWidth-marginRight+marginLeft)/2, plotHeight-6, p.axis)
	labels := 0
	for c, name := range subjectNames {
		line := p.lines[name]
		if len(line) != len(p.labels) {
			continue
		}
		points := make([]string, len(line))
		for i, v := range line {
			points[i] = fmt.Sprintf("%.1f,%.1f", x(i), y(v))
		}
		fmt.Fprintf(&s, "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n", strings.Join(points, " "), colors[c])
		fmt.Fprintf(&s, "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>\n", plotWidth-marginRight+12, marginTop+10+18*labels, colors[c], name)
		labels++
	}
	return s.String() + "</svg>\n"
}

// roundUp returns the next number of the form 1, 2 or 5 times a power of ten.
func roundUp(v float64) float64 {
	if v <= 0 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, f := range []float64{1, 2, 5} {
		if v <= f*power {
			return f * power
		}
	}
	return 10 * power
}

func axisLabel(v float64) string {
	if v >= 1000 {
		return fmt.Sprintf("%.4gk", v/1000)
	}
	return fmt.Sprintf("%.4g", v)
}
