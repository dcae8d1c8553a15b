package devserver

// awaitIndexes waits until every index has been built.
func awaitIndexes(s *Server) {
	for _, d := range s.indexes.in("") {
		if d.live != nil {
			<-d.live.finished
		}
	}
}
