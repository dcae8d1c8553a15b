package main

// The tests that fail on a real Community server too, with the reasons.
var (
	pythonKnown = map[string]string{}
	javaKnown   = map[string]string{}
	rustKnown   = map[string]string{}
)
