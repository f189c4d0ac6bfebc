import FuzzDriver

let server = AnsweringServer()
fuzz { checkAnswer($0, from: server) }
