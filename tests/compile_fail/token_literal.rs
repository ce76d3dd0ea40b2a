mod scopes {
    pub struct CreatorScope {
        creator_id: String,
    }

    impl CreatorScope {
        pub fn from_authenticated(creator_id: String) -> Self {
            CreatorScope { creator_id }
        }

        pub fn creator_id(&self) -> &String {
            &self.creator_id
        }
    }
}

fn main() {
    let token = scopes::CreatorScope::from_authenticated("u1".to_owned());
    let forged = scopes::CreatorScope { creator_id: token.creator_id().clone() };
    let mut stolen = token;
    stolen.creator_id = "u2".to_owned();
    drop(forged);
}
