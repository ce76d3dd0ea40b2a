//! The id in a token cannot be changed.

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
    let mut token = scopes::CreatorScope::from_authenticated("u1".to_owned());
    token.creator_id = "u2".to_owned();
    println!("{}", token.creator_id());
}
