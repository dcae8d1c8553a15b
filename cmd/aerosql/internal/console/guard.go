package console

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// policy is the content security policy: what is not from the console itself is not loaded, and
// scripts and styles within pages are not run.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'"

// maxForm is the size of the largest form in bytes.
const maxForm = 1 << 20

// guard checks each request before the pages see it.
func (c *Console) guard(next http.Handler) http.Handler {
	origin := http.NewCrossOriginProtection()
	origin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "the request does not come from a page of the console", http.StatusForbidden)
	}))
	next = origin.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		public := r.URL.Path == "/login" || strings.HasPrefix(r.URL.Path, "/static/")
		if !strings.HasPrefix(r.URL.Path, "/static/") {
			h.Set("Cache-Control", "no-store")
		}
		switch {
		case !c.knowsHost(r.Host):
			http.Error(w, "the console does not answer for the host "+r.Host+"; add it with -host", http.StatusMisdirectedRequest)
			return
		case !public && !c.sessions.has(r):
			c.askLogin(w, r)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		next.ServeHTTP(w, r)
	})
}

// knowsHost reports whether a Host header names the console. An address can't be rebound to another
// one, as a name can.
func (c *Console) knowsHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	return host == "localhost" || net.ParseIP(host) != nil || slices.Contains(c.options.Hosts, host)
}

// sessionCookie is the name of the cookie.
const sessionCookie = "aerosql_console"

// sessionTime is how long a session lasts without a request.
const sessionTime = 12 * time.Hour

// sessions are the browsers that have logged in.
type sessions struct {
	token [sha256.Size]byte // its hash
	off   bool              // no token, no sessions

	mu   sync.Mutex
	ends map[[sha256.Size]byte]time.Time // by the hash of the cookie
}

func newSessions(token string) *sessions {
	return &sessions{token: sha256.Sum256([]byte(token)), off: token == "", ends: make(map[[sha256.Size]byte]time.Time)}
}

// needed reports whether browsers must log in.
func (s *sessions) needed() bool { return !s.off }

// matches compares a token in constant time.
func (s *sessions) matches(token string) bool {
	hash := sha256.Sum256([]byte(token))
	return subtle.ConstantTimeCompare(hash[:], s.token[:]) == 1
}

// has reports whether a request belongs to a session, and extends it.
func (s *sessions) has(r *http.Request) bool {
	if s.off {
		return true
	}
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return false
	}
	id := sha256.Sum256([]byte(cookie.Value))
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ends[id].After(time.Now()) {
		delete(s.ends, id)
		return false
	}
	s.ends[id] = time.Now().Add(sessionTime)
	return true
}

// begin starts a session and returns the value of its cookie.
func (s *sessions) begin() string {
	value := rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, end := range s.ends {
		if !end.After(time.Now()) {
			delete(s.ends, id)
		}
	}
	s.ends[sha256.Sum256([]byte(value))] = time.Now().Add(sessionTime)
	return value
}

// end ends the session of a request.
func (s *sessions) end(r *http.Request) {
	if cookie, err := r.Cookie(sessionCookie); err == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.ends, sha256.Sum256([]byte(cookie.Value)))
	}
}

// askLogin leads to the login, and from there back to the page.
func (c *Console) askLogin(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet || r.Header.Get("X-Requested-With") != "" {
		http.Error(w, "the session has ended; reload the page to log in", http.StatusUnauthorized)
		return
	}
	http.Redirect(w, r, address("/login", "to", r.URL.RequestURI()), http.StatusSeeOther)
}

// A loginData is what the login shows.
type loginData struct{ To, Error string }

func (c *Console) showLogin(w http.ResponseWriter, r *http.Request) {
	c.render(w, r, http.StatusOK, &view{page: "login", Title: "Log in", Data: loginData{To: ownPath(r.FormValue("to"))}})
}

// login checks the token.
func (c *Console) login(w http.ResponseWriter, r *http.Request) {
	to := ownPath(r.PostFormValue("to"))
	if c.sessions.off || !c.sessions.matches(strings.TrimSpace(r.PostFormValue("token"))) {
		c.render(w, r, http.StatusForbidden, &view{page: "login", Title: "Log in", Data: loginData{to, "That is not the token."}})
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: sessionCookie, Value: c.sessions.begin(), Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: c.options.Secure,
	})
	http.Redirect(w, r, to, http.StatusSeeOther)
}

func (c *Console) logout(w http.ResponseWriter, r *http.Request) {
	c.sessions.end(r)
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: c.options.Secure})
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}

// ownPath returns a path of the console, "/" for an address that leads elsewhere.
func ownPath(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(text, "/") || strings.HasPrefix(text, "//") || strings.Contains(text, `\`) {
		return "/"
	}
	return text
}

// address returns a path with query parameters, given as names and values. Those without a value
// are left out.
func address(base string, pairs ...string) string {
	query := make(url.Values)
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			query.Set(pairs[i], pairs[i+1])
		}
	}
	if len(query) == 0 {
		return base
	}
	return base + "?" + query.Encode()
}

// writing refuses a request that changes something unless the console may write.
func (c *Console) writing(f pageFunc) pageFunc {
	return func(r *http.Request) (*view, error) {
		if !c.options.Write {
			return nil, &statusError{http.StatusForbidden, "the console is read-only; start it with -write to change anything"}
		}
		return f(r)
	}
}
