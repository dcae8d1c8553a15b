package console

import (
	"fmt"
	"html"
	"html/template"
	"image"
	"image/color"
	"image/png"
	"math"
	"net/http"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/monitor"
	"github.com/aerosql/aerosql/protocol"
)

// nodeColors are the colors of nodes, which the style sheet has as c0, c1 and so on. They can be
// told apart by people who see few colors, on light and on dark ground.
var nodeColors = []color.RGBA{
	{0x3b, 0x82, 0xc4, 0xff}, {0xe0, 0x8e, 0x2b, 0xff}, {0x2f, 0x9e, 0x7d, 0xff}, {0xc2, 0x5b, 0x9b, 0xff},
	{0xb9, 0xa8, 0x2c, 0xff}, {0xd0, 0x5b, 0x3c, 0xff}, {0x6b, 0xb4, 0xde, 0xff}, {0x8b, 0x7b, 0xc9, 0xff},
}

// unowned is the color of a partition without a master.
var unowned = color.RGBA{0x80, 0x80, 0x80, 0xff}

// mapSide is the number of partitions in a row of the picture of all.
const mapSide = 64

// partitionsImage draws each partition of a namespace as a dot in the color of its master.
func (c *Console) partitionsImage(w http.ResponseWriter, r *http.Request) {
	spaces, err := c.ownership(r.Context())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	names := c.client.NodeNames()
	slices.Sort(names)
	for _, s := range spaces {
		if s.Name != r.FormValue("ns") {
			continue
		}
		m := image.NewRGBA(image.Rect(0, 0, mapSide, protocol.PartitionCount/mapSide))
		for p := range protocol.PartitionCount {
			dot := unowned
			if i := slices.Index(names, s.Master(uint16(p))); i >= 0 {
				dot = nodeColors[i%len(nodeColors)]
			}
			m.SetRGBA(p%mapSide, p/mapSide, dot)
		}
		w.Header().Set("Content-Type", "image/png")
		_ = png.Encode(w, m)
		return
	}
	http.Error(w, "there is no such namespace", http.StatusNotFound)
}

// A line is a line of a chart.
type line struct {
	name, class string
	values      []float64
}

// The size of the chart of rates, and its margins.
const (
	chartWidth, chartHeight              = 720, 180
	chartLeft, chartTop, chartRight, low = 56, 12, 12, 26
)

// minTop is the least number at the top of the chart, so that the marks below it are whole numbers.
const minTop = 4.0

// ratesChart draws reads and writes per second over the samples.
func ratesChart(samples []*monitor.Sample) template.HTML {
	reads, writes := line{name: "reads", class: "reads"}, line{name: "writes", class: "writes"}
	var at []float64
	for i := 1; i < len(samples); i++ {
		total := samples[i].Total(samples[i-1])
		reads.values, writes.values = append(reads.values, total.Reads), append(writes.values, total.Writes)
		at = append(at, samples[i].Time.Sub(samples[len(samples)-1].Time).Seconds())
	}
	if len(at) < 2 {
		return ""
	}
	return lineChart(at, []line{reads, writes})
}

// lineChart draws lines over times, which are in seconds before now.
func lineChart(at []float64, lines []line) template.HTML {
	top := minTop
	for _, l := range lines {
		top = max(top, slices.Max(l.values))
	}
	top = niceCeiling(top)
	x := func(t float64) float64 {
		return chartLeft + (t-at[0])/max(at[len(at)-1]-at[0], 1e-9)*(chartWidth-chartLeft-chartRight)
	}
	y := func(v float64) float64 { return chartTop + (1-v/top)*(chartHeight-chartTop-low) }
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="chart" viewBox="0 0 %d %d" role="img" aria-label="Reads and writes per second">`, chartWidth, chartHeight)
	for i := range 5 {
		v := top * float64(i) / 4
		fmt.Fprintf(&b, `<line class="grid" x1="%d" x2="%d" y1="%.1f" y2="%.1f"/><text class="tick end" x="%d" y="%.1f">%s</text>`,
			chartLeft, chartWidth-chartRight, y(v), y(v), chartLeft-8, y(v)+4, html.EscapeString(formatRate(v)))
	}
	for _, l := range lines {
		var points []string
		for i, v := range l.values {
			points = append(points, fmt.Sprintf("%.1f,%.1f", x(at[i]), y(v)))
		}
		fmt.Fprintf(&b, `<polyline class="line %s" points="%s"/>`, l.class, strings.Join(points, " "))
	}
	fmt.Fprintf(&b, `<text class="tick" x="%d" y="%d">%.0f s ago</text><text class="tick end" x="%d" y="%d">now</text></svg>`,
		chartLeft, chartHeight-6, -at[0], chartWidth-chartRight, chartHeight-6)
	return template.HTML(b.String()) // #nosec: numbers and escaped texts only
}

// niceCeiling returns the next number of the form 1, 2, 4 or 8 times a power of ten.
func niceCeiling(f float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(f)))
	for _, m := range []float64{1, 2, 4, 8} {
		if f <= m*power {
			return m * power
		}
	}
	return 10 * power
}
