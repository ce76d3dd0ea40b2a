//! A running server, for `SQLWARD_DATABASE_URL`.

use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::{io, thread};

use sqlward_codegen::postgres::Server;
use tokio_postgres::config::Host;

/// A running server.
pub struct Remote {
    pub server: Server,
}

impl Remote {
    pub fn start() -> Remote {
        let server = Server::start(None).unwrap();
        // An embedded server lacks this database, which other servers have.
        let template = "create database template0 template template1 is_template true";
        server.connect().unwrap().batch(template).unwrap().unwrap();
        Remote { server }
    }

    /// The folder of its socket. Its data folder is `data` in it.
    pub fn folder(&self) -> PathBuf {
        match &self.server.url().unwrap().get_hosts()[0] {
            Host::Unix(folder) => folder.clone(),
            Host::Tcp(name) => panic!("a private server has no address: {name}"),
        }
    }

    pub fn socket(&self) -> PathBuf {
        self.folder().join(".s.PGSQL.5432")
    }

    /// The URL for its socket.
    pub fn url(&self) -> String {
        format!("host={} port=5432 user=postgres dbname=template1", self.folder().display())
    }

    /// The names of its databases.
    pub fn databases(&self) -> Vec<String> {
        let names = "select json_agg(datname order by datname)::text from pg_database";
        self.server.connect().unwrap().json(names).unwrap()
    }

    /// The port of a new TCP proxy to it.
    pub fn port(&self) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, socket) = (listener.local_addr().unwrap().port(), self.socket());
        thread::spawn(move || {
            for client in listener.incoming() {
                let (Ok(client), Ok(server)) = (client, UnixStream::connect(&socket)) else { return };
                pass(client, server);
            }
        });
        port
    }
}

fn pass(client: TcpStream, server: UnixStream) {
    let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    thread::spawn(move || {
        let _ = io::copy(&mut from, &mut to);
        let _ = to.shutdown(std::net::Shutdown::Both);
    });
    let (mut from, mut to) = (server, client);
    thread::spawn(move || {
        let _ = io::copy(&mut from, &mut to);
        let _ = to.shutdown(std::net::Shutdown::Both);
    });
}
