package console

import (
	"encoding/json"
	"net/http"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/complete"
)

// maxCandidates is the number of candidates that are sent.
const maxCandidates = 50

// complete sends what can follow the text of the editor. The text is in the body of the request,
// because it can have a password.
func (c *Console) complete(w http.ResponseWriter, r *http.Request) {
	found, prefix := c.completer.Candidates(r.Context(), r.PostFormValue("text"))
	answer := struct {
		Prefix string               `json:"prefix"`
		List   []complete.Candidate `json:"list"`
	}{prefix, append([]complete.Candidate{}, found[:min(len(found), maxCandidates)]...)}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}
