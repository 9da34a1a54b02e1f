//! Just enough HTTP/1.1 over loopback to push batches on one kept connection and to listen to events.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

/// One kept connection.
pub struct Client {
    reader: BufReader<TcpStream>,
    host: String,
    identity: String,
}

/// An answer.
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// The whole body.
    pub body: String,
    /// The first cookie that it sets, as `name=value`.
    pub cookie: Option<String>,
}

impl Client {
    /// Connects to a port on loopback; every request bears the identity, a header such as
    /// `Authorization: Bearer …`.
    ///
    /// # Errors
    /// When nothing listens there.
    pub fn connect(port: u16, identity: &str) -> Result<Self> {
        let stream =
            TcpStream::connect(("127.0.0.1", port)).with_context(|| format!("connect to port {port}"))?;
        stream.set_nodelay(true).context("send at once")?;
        stream.set_read_timeout(Some(Duration::from_secs(60))).context("limit the wait")?;
        Ok(Self {
            reader: BufReader::new(stream),
            host: format!("127.0.0.1:{port}"),
            identity: identity.to_owned(),
        })
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// When the connection breaks or the answer is no HTTP.
    pub fn send(&mut self, method: &str, path: &str, kind: &str, body: &[u8]) -> Result<Answer> {
        let length = body.len();
        let head = self.head(method, path, &format!("Content-Type: {kind}\r\nContent-Length: {length}\r\n"));
        let stream = self.reader.get_mut();
        stream.write_all(head.as_bytes()).context("send the head")?;
        stream.write_all(body).context("send the body")?;
        let Head { status, length, cookie } = self.answer_head()?;
        let body = match length {
            Length::Bytes(bytes) => self.exactly(bytes)?,
            Length::Chunked => self.chunks()?,
        };
        Ok(Answer { status, body: String::from_utf8_lossy(&body).into_owned(), cookie })
    }

    /// Opens a stream of server-sent events; each call of the answer waits for the next line of it.
    ///
    /// # Errors
    /// When the server does not answer 200.
    pub fn listen(mut self, path: &str) -> Result<BufReader<TcpStream>> {
        let head = self.head("GET", path, "Accept: text/event-stream\r\n");
        self.reader.get_mut().write_all(head.as_bytes()).context("send the head")?;
        let status = self.answer_head()?.status;
        ensure!(status == 200, "listen to {path}: the server answered {status}");
        self.reader.get_ref().set_read_timeout(None).context("wait without a limit")?;
        Ok(self.reader)
    }

    fn head(&self, method: &str, path: &str, more: &str) -> String {
        format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n{}\r\n{more}\r\n", self.host, self.identity)
    }

    fn answer_head(&mut self) -> Result<Head> {
        let first = self.line()?;
        let status = first.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.with_context(|| format!("read the answer's first line `{first}`"))?;
        let mut head = Head { status, length: Length::Bytes(0), cookie: None };
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(':') else { return Ok(head) };
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => {
                    head.length = Length::Bytes(value.parse().context("read the answer's length")?);
                }
                "transfer-encoding" if value.contains("chunked") => head.length = Length::Chunked,
                "set-cookie" => head.cookie = value.split(';').next().map(str::to_owned),
                _ => {}
            }
        }
    }

    fn chunks(&mut self) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = self.line()?;
            let bytes = usize::from_str_radix(line.trim(), 16).context("read a chunk's length")?;
            body.extend(self.exactly(bytes)?);
            self.line()?;
            if bytes == 0 {
                return Ok(body);
            }
        }
    }

    fn exactly(&mut self, bytes: usize) -> Result<Vec<u8>> {
        ensure!(bytes < 64 << 20, "read the answer: it has {bytes} bytes");
        let mut body = vec![0; bytes];
        self.reader.read_exact(&mut body).context("read the answer's body")?;
        Ok(body)
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.reader.read_line(&mut line).context("read the answer")? == 0 {
            bail!("read the answer: the server closed the connection");
        }
        Ok(line.trim_end().to_owned())
    }
}

struct Head {
    status: u16,
    length: Length,
    cookie: Option<String>,
}

enum Length {
    Bytes(usize),
    Chunked,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::thread;

    #[test]
    fn both_kinds_of_answer_on_one_connection() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut seen = [0; 4096];
            let mut requests = String::new();
            for answer in [
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: a=b; HttpOnly\r\n\r\nok",
                "HTTP/1.1 422 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nwhy\r\n0\r\n\r\n",
            ] {
                while !requests.contains("body") {
                    let n = stream.read(&mut seen).unwrap();
                    requests.push_str(std::str::from_utf8(&seen[..n]).unwrap());
                }
                assert!(requests.contains("Authorization: Bearer secret\r\n"), "{requests}");
                requests.clear();
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        let mut client = Client::connect(port, "Authorization: Bearer secret").unwrap();
        let answer = client.send("POST", "/a", "text/plain", b"body").unwrap();
        assert_eq!((answer.status, answer.body.as_str()), (200, "ok"));
        assert_eq!(answer.cookie.as_deref(), Some("a=b"));
        let answer = client.send("POST", "/a", "text/plain", b"body").unwrap();
        assert_eq!((answer.status, answer.body.as_str()), (422, "why"));
        server.join().unwrap();
    }
}
