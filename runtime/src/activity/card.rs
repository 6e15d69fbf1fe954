//! What a user may press, and marks in a text.

use super::{Extra, Json, Number, object::object, open_enum::open_enum};

open_enum! {
    /// What happens when an action is pressed.
    pub enum ActionType {
        /// Opens `value` as a URL.
        OpenUrl = "openUrl",
        /// Sends `value` as the user's visible message.
        ImBack = "imBack",
        /// Sends `value` without showing it.
        PostBack = "postBack",
        /// Plays the audio at `value`.
        PlayAudio = "playAudio",
        /// Plays the video at `value`.
        PlayVideo = "playVideo",
        /// Shows the image at `value`.
        ShowImage = "showImage",
        /// Downloads the file at `value`.
        DownloadFile = "downloadFile",
        /// Begins to sign in at `value`.
        Signin = "signin",
        /// Calls the number in `value`.
        Call = "call",
        /// Sends `text` and `value` together.
        MessageBack = "messageBack",
        /// Opens the application at `value`.
        OpenApp = "openApp",
    }
}

open_enum! {
    /// A reaction to a message.
    pub enum ReactionType {
        /// A like.
        Like = "like",
        /// A plus one.
        PlusOne = "plusOne",
    }
}

open_enum! {
    /// How far a semantic action has come.
    pub enum SemanticActionState {
        /// It begins.
        Start = "start",
        /// It goes on.
        Continue = "continue",
        /// It is done.
        Done = "done",
    }
}

object! {
    /// Something that a user may press.
    pub struct CardAction as "a card action" {
        /// What happens.
        kind: ActionType = "type",
        /// The words on the button.
        title: String = "title",
        /// The picture on the button.
        image: String = "image",
        /// What the picture shows, in words.
        image_alt_text: String = "imageAltText",
        /// The text that is sent.
        text: String = "text",
        /// The text that is shown in place of what is sent.
        display_text: String = "displayText",
        /// What is opened, sent or called.
        value: Json = "value",
        /// The channel's own data.
        channel_data: Json = "channelData",
    }
}

object! {
    /// Actions offered with a message.
    pub struct SuggestedActions as "suggested actions" {
        /// The ids of the accounts that shall see them; nobody in particular when absent.
        to: Vec<String> = "to",
        /// The actions.
        actions: Vec<CardAction> = "actions",
    }
}

object! {
    /// A reaction that was added or removed.
    pub struct MessageReaction as "a message reaction" {
        /// Which one.
        kind: ReactionType = "type",
    }
}

object! {
    /// A piece of the text of another message, to be shown as a link.
    pub struct TextHighlight as "a text highlight" {
        /// The piece.
        text: String = "text",
        /// Which occurrence of it, from 1 on.
        occurrence: Number = "occurrence",
    }
}

object! {
    /// A programmatic action that a message stands for.
    pub struct SemanticAction as "a semantic action" {
        /// Names the action.
        id: String = "id",
        /// How far it has come.
        state: SemanticActionState = "state",
        /// Its arguments: each value is an [`Entity`](super::Entity), to be read with [`Json::parse`].
        entities: Extra = "entities",
    }
}
