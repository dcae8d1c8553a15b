package console

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aerosql/aerosql/querylang/ast"
)

//go:embed templates static
var files embed.FS

// A page is a parsed template with the layout.
type page struct{ *template.Template }

// A view is what a request shows, or where it leads.
type view struct {
	page  string // the name of the template
	Title string
	Data  any
	// redirect is the address to go to instead, "" to show the page.
	redirect string
}

// A pageFunc serves a request.
type pageFunc func(r *http.Request) (*view, error)

// A frame is what the layout shows around a view.
type frame struct {
	*view
	Path      string
	Cluster   string
	Write     bool
	Login     bool // whether there is a session to end
	Devserver bool
	Notice    string
}

// A statusError is an error with its HTTP status.
type statusError struct {
	status int
	text   string
}

func (e *statusError) Error() string { return e.text }

func notFound(format string, args ...any) error {
	return &statusError{http.StatusNotFound, fmt.Sprintf(format, args...)}
}

func badRequest(format string, args ...any) error {
	return &statusError{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

// parsePages parses all templates.
func parsePages() (map[string]*page, error) {
	entries, err := files.ReadDir("templates")
	if err != nil {
		return nil, err
	}
	pages := make(map[string]*page)
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".html")
		if !ok || name == "layout" {
			continue
		}
		t, err := template.New("layout.html").Funcs(functions).ParseFS(files, "templates/layout.html", "templates/"+e.Name())
		if err != nil {
			return nil, err
		}
		pages[name] = &page{t}
	}
	return pages, nil
}

// functions are those of the templates.
var functions = template.FuncMap{
	"count":    formatCount,
	"bytes":    formatBytes,
	"rate":     formatRate,
	"duration": formatDuration,
	"ago":      func(t time.Time) string { return formatDuration(time.Since(t)) + " ago" },
	"stamp":    func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 MST") },
	"inc":      func(i int) int { return i + 1 },
	"at":       func(base string, pairs ...string) string { return address(base, pairs...) },
	"quote":    ast.QuoteName,
}

// serve returns the HTTP handler of a page.
func (c *Console) serve(f pageFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := f(r)
		switch {
		case err != nil:
			c.fail(w, r, err)
		case v.redirect != "":
			http.Redirect(w, r, v.redirect, http.StatusSeeOther)
		default:
			c.render(w, r, http.StatusOK, v)
		}
	})
}

// fail shows an error.
func (c *Console) fail(w http.ResponseWriter, r *http.Request, err error) {
	status, title := http.StatusInternalServerError, "That did not work"
	if e, ok := errors.AsType[*statusError](err); ok {
		status, title = e.status, http.StatusText(e.status)
	}
	if errors.Is(err, context.Canceled) {
		return
	}
	c.render(w, r, status, &view{page: "error", Title: title, Data: err.Error()})
}

// render writes a page.
func (c *Console) render(w http.ResponseWriter, r *http.Request, status int, v *view) {
	f := frame{
		view: v, Path: r.URL.Path, Cluster: c.options.Name, Write: c.options.Write, Login: c.sessions.needed(),
		Devserver: c.control != nil, Notice: r.URL.Query().Get("notice"),
	}
	var b bytes.Buffer
	if err := c.pages[v.page].Execute(&b, f); err != nil {
		c.options.Logger.Error("page", "name", v.page, "error", err)
		http.Error(w, "the page can't be shown", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

// Active reports whether a link of the navigation is the current page.
func (f frame) Active(paths ...string) bool {
	for _, p := range paths {
		if f.Path == p {
			return true
		}
	}
	return false
}

func formatCount(n any) string {
	text := fmt.Sprint(n)
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = "-", text[1:]
	}
	var b strings.Builder
	for i, r := range text {
		if i > 0 && (len(text)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	return sign + b.String()
}

func formatBytes(n int64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB"}
	f, unit := float64(n), 0
	for f >= 1024 && unit < len(units)-1 {
		f, unit = f/1024, unit+1
	}
	if unit == 0 {
		return strconv.FormatInt(n, 10) + " B"
	}
	return strconv.FormatFloat(f, 'f', 1, 64) + " " + units[unit]
}

func formatRate(f float64) string {
	switch {
	case f == 0:
		return "0"
	case f < 10:
		return strconv.FormatFloat(f, 'f', 1, 64)
	}
	return formatCount(int64(f + 0.5))
}

// formatDuration returns a duration in its largest units.
func formatDuration(d time.Duration) string {
	switch {
	case d < 0:
		return "-" + formatDuration(-d)
	case d < time.Millisecond:
		return significant(float64(d)/1e3) + " µs"
	case d < time.Second:
		return significant(float64(d)/1e6) + " ms"
	case d < time.Minute:
		return significant(d.Seconds()) + " s"
	case d < time.Hour:
		return fmt.Sprintf("%d min %d s", d/time.Minute, d%time.Minute/time.Second)
	case d < 24*time.Hour:
		return fmt.Sprintf("%d h %d min", d/time.Hour, d%time.Hour/time.Minute)
	}
	return fmt.Sprintf("%d d %d h", d/(24*time.Hour), d%(24*time.Hour)/time.Hour)
}

// significant returns a number with three significant digits.
func significant(f float64) string {
	switch {
	case f == 0:
		return "0"
	case f < 10:
		return strconv.FormatFloat(f, 'f', 2, 64)
	case f < 100:
		return strconv.FormatFloat(f, 'f', 1, 64)
	}
	return strconv.FormatFloat(f, 'f', 0, 64)
}
